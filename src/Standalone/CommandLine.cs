using System.CommandLine;
using System.CommandLine.Help;

namespace AiGateway.Standalone;

/// <summary>The program's options.</summary>
internal sealed class CommandLine
{
    private readonly RootCommand _root = new("AI gateway: the OpenAI API and the Open Responses API in front of any model provider, in one process.");

    public CommandLine()
    {
        _root.Options.Add(Urls);
        _root.Options.Add(ConfigFile);
        var help = _root.Options.OfType<HelpOption>().Single();
        help.Action = new FullHelp((HelpAction)help.Action!);
    }

    /// <summary>Where to listen.</summary>
    public Option<string?> Urls { get; } = new("--urls")
    {
        Description = $"Addresses to listen on, separated by ';'. Default: {StandaloneGateway.DefaultUrl}",
        HelpName = "URLS",
    };

    /// <summary>A settings file.</summary>
    public Option<string?> ConfigFile { get; } = new("--config")
    {
        Description = "A JSON file with settings. Read again when it changes; a change that is wrong is refused and logged.",
        HelpName = "FILE",
    };

    public ParseResult Parse(string[] args) => _root.Parse(args);
}
