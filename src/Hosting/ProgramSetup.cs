namespace AiGateway.Hosting;

/// <summary>What makes one of the gateway's executables another than the others.</summary>
internal sealed record ProgramSetup
{
    /// <summary>What it is, in a line.</summary>
    public required string Description { get; init; }

    /// <summary>What <c>--help</c> says behind the options.</summary>
    public required string Help { get; init; }

    /// <summary>Where it listens unless told otherwise; null where the command line does not say either.</summary>
    public string? DefaultUrl { get; init; }

    /// <summary>Where it listens by its own settings; null for what the framework's say.</summary>
    public Func<IConfiguration, string?>? Urls { get; init; }

    /// <summary>An option that is there or not, by name and description; null for none.</summary>
    public (string Name, string Description)? Flag { get; init; }

    /// <summary>Adds its services; told whether <see cref="Flag"/> was given.</summary>
    public required Action<WebApplicationBuilder, bool> Add { get; init; }

    /// <summary>Maps its endpoints.</summary>
    public required Action<WebApplication> Map { get; init; }

    /// <summary>What is written when it has started.</summary>
    public required Func<WebApplication, string> Greet { get; init; }
}
