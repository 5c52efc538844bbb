using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AiGateway.Hosting;

/// <summary><c>--help</c>: the options, and then what else can be set.</summary>
/// <param name="options">Writes the options.</param>
/// <param name="text">What else can be set.</param>
internal sealed class FullHelp(HelpAction options, string text) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = options.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(text);
        return code;
    }
}
