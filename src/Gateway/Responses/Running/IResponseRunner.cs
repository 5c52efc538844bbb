namespace AiGateway.Responses.Running;

/// <summary>Does what a background response asks for: calls the model and tells the run of all that comes of it.</summary>
internal interface IResponseRunner
{
    /// <summary>Runs a response to its end.</summary>
    /// <param name="run">The run; by the time the task ends, it is told of the end.</param>
    /// <param name="cancellationToken">Ends when the response is cancelled.</param>
    Task RunAsync(ResponseRun run, CancellationToken cancellationToken);
}
