using System.CommandLine;
using System.CommandLine.Help;

namespace AiGateway.Hosting;

/// <summary>A program's options.</summary>
internal sealed class CommandLine
{
    private readonly RootCommand _root;
    private readonly Option<bool>? _flag;

    public CommandLine(ProgramSetup setup)
    {
        _root = new RootCommand(setup.Description);
        Urls = new Option<string?>("--urls")
        {
            Description = $"Addresses to listen on, separated by ';'. Default: {setup.DefaultUrl}",
            HelpName = "URLS",
        };
        if (setup.DefaultUrl is not null)
            _root.Options.Add(Urls);
        _root.Options.Add(ConfigFile);
        if (setup.Flag is var (name, description))
        {
            _flag = new Option<bool>(name) { Description = description };
            _root.Options.Add(_flag);
        }

        var help = _root.Options.OfType<HelpOption>().Single();
        help.Action = new FullHelp((HelpAction)help.Action!, setup.Help);
    }

    /// <summary>Where to listen.</summary>
    public Option<string?> Urls { get; }

    /// <summary>A settings file.</summary>
    public Option<string?> ConfigFile { get; } = new("--config")
    {
        Description = "A JSON file with settings. Read again when it changes; a change that is wrong is refused and logged.",
        HelpName = "FILE",
    };

    public ParseResult Parse(string[] args) => _root.Parse(args);

    /// <summary>Whether the program's own option was given.</summary>
    public bool HasFlag(ParseResult parsed) => _flag is not null && parsed.GetValue(_flag);
}
