namespace AiGateway.Engine;

/// <summary>Something that the gateway knows by name: a tenant or a key.</summary>
/// <param name="Kind">What it is: <c>tenant</c> or <c>key</c>.</param>
/// <param name="Id">Its name among its kind.</param>
/// <param name="Revision">Which of the directory's changes made it what it is, counted from 1 over all entries; 0 where it is not kept yet.</param>
/// <param name="Body">What is known of it: UTF-8 JSON. Never a key itself.</param>
public sealed record DirectoryEntry(string Kind, string Id, long Revision, ReadOnlyMemory<byte> Body);
