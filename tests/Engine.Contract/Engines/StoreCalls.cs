namespace AiGateway.Engine.Contract.Engines;

/// <summary>What an engine may ask of its store.</summary>
[Flags]
public enum StoreCalls
{
    None = 0,
    Create = 1,
    Begin = 2,
    Append = 4,
    End = 8,
    Delete = 16,
    Read = 32,
    Writes = Create | Begin | Append | End | Delete,
}
