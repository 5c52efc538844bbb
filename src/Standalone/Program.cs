using System.CommandLine;
using AiGateway.Standalone;

var commandLine = new CommandLine();
var parsed = commandLine.Parse(args);
if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"{parsed.Errors[0].Message} Try --help.");
    return StartFailure.WrongConfiguration;
}

// Help and version: everything else is the gateway's own.
return parsed.Action is not null
    ? await parsed.InvokeAsync()
    : await StandaloneGateway.RunAsync(parsed.GetValue(commandLine.Urls), parsed.GetValue(commandLine.ConfigFile));
