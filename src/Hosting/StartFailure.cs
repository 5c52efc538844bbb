using System.Net.Sockets;
using System.Text.Json;
using AiGateway.Configuration;
using AiGateway.Engine;
using Microsoft.AspNetCore.Connections;

namespace AiGateway.Hosting;

/// <summary>A start that failed for a reason that the operator can mend, in a line.</summary>
/// <param name="Message">What to mend.</param>
/// <param name="ExitCode">The process's exit code.</param>
internal sealed record StartFailure(string Message, int ExitCode)
{
    /// <summary>The exit code where an option or a setting is wrong.</summary>
    public const int WrongConfiguration = 2;

    private const int CouldNotStart = 1;

    /// <summary>What to say of an exception.</summary>
    /// <param name="exception">What the start threw.</param>
    /// <returns>The failure; null for a fault of the program, which is to be seen whole.</returns>
    public static StartFailure? Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case GatewayConfigurationException wrong:
                    return new StartFailure(wrong.Message, WrongConfiguration);
                case StorageUnavailableException away:
                    return new StartFailure(away.Message, CouldNotStart);
                case AddressInUseException:
                    return new StartFailure($"{exception.Message} Is another gateway running? Choose another address with --urls.", CouldNotStart);
                case SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported } refused:
                    return new StartFailure($"Cannot listen: {refused.Message}.", CouldNotStart);
            }
        }

        return exception switch
        {
            // The framework reads appsettings.json first.
            InvalidDataException => new StartFailure($"{exception.Message}{Line(exception)} {exception.GetBaseException().Message}", WrongConfiguration),
            FormatException or InvalidOperationException when exception.TargetSite?.DeclaringType?.Namespace?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true =>
                new StartFailure($"Cannot listen: {exception.Message.Split('\n')[0]}", WrongConfiguration),
            _ => null,
        };
    }

    private static string Line(Exception exception) =>
        exception.GetBaseException() is JsonException { LineNumber: { } line } ? $" Line {line + 1}:" : "";
}
