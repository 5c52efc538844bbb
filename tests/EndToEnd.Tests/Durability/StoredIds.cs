using Microsoft.Data.Sqlite;

namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>Looks into the gateway's file, beside it.</summary>
internal static class StoredIds
{
    /// <summary>The ids of the responses that have not ended.</summary>
    public static async Task<IReadOnlyList<string>> UnendedAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM responses WHERE ended_at IS NULL";
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetString(0));
        return ids;
    }
}
