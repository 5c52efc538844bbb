using AiGateway.EndToEnd.Tests.Processes;
using Microsoft.Data.Sqlite;

namespace AiGateway.EndToEnd.Tests.Durability.Storage;

public sealed class LockedFileTests
{
    [Fact]
    public async Task A_file_that_another_process_holds_loses_nothing()
    {
        await using var scene = await StorageScene.StartAsync(settings => GatewayProcess.StartAsync(settings));
        await using var other = new SqliteConnection($"Data Source={scene.File};Pooling=False");
        await other.OpenAsync();

        await scene.PlayAsync(() => RunAsync("BEGIN IMMEDIATE"), () => RunAsync("ROLLBACK"), cancels: true);

        async Task RunAsync(string sql)
        {
            await using var command = other.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
