namespace AiGateway.Routing.Failover;

/// <summary>What a failed attempt says of trying again.</summary>
internal enum FailureKind
{
    /// <summary>The provider did not do it and says or shows so: no connection, or a status of 408, 409, 429, 500 or more.</summary>
    DidNotRun,

    /// <summary>It was sent, and no answer came or it broke off: it may have been done.</summary>
    MayHaveRun,

    /// <summary>The request is at fault, or the answer is: another attempt would end in the same way.</summary>
    Final,
}
