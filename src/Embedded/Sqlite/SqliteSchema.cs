namespace AiGateway.Embedded.Sqlite;

/// <summary>The tables, by version: <c>PRAGMA user_version</c> says which a file has, and each script leads from the version before it to its own.</summary>
/// <remarks>
/// Other tables refer to a row by its <c>number</c>. What is small stands before what may be large, so that reading the one does not read the other. The
/// indexes by id hold the tenant too: an id of another tenant's is found to be missing at the same place as one that never was.
/// </remarks>
internal static class SqliteSchema
{
    /// <summary>The scripts; the first makes version 1 out of an empty file.</summary>
    public static IReadOnlyList<string> Versions { get; } =
    [
        """
        CREATE TABLE responses (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL,
          tenant TEXT NOT NULL,
          status TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          ended_at INTEGER,
          background INTEGER NOT NULL,
          stream INTEGER NOT NULL,
          previous_response_id TEXT,
          conversation TEXT,
          conversation_position INTEGER NOT NULL,
          epoch INTEGER NOT NULL,
          idempotency_key TEXT,
          body_hash TEXT,
          input BLOB NOT NULL,
          body BLOB NOT NULL,
          run BLOB
        ) STRICT;
        CREATE UNIQUE INDEX responses_by_id ON responses (id, tenant);
        CREATE UNIQUE INDEX responses_by_idempotency_key ON responses (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;
        CREATE INDEX responses_by_end ON responses (ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX responses_running ON responses (created_at) WHERE ended_at IS NULL;

        CREATE TABLE events (
          response INTEGER NOT NULL,
          first INTEGER NOT NULL,
          count INTEGER NOT NULL,
          frames BLOB NOT NULL,
          PRIMARY KEY (response, first)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE conversations (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL,
          tenant TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          used_at INTEGER NOT NULL,
          last_position INTEGER NOT NULL,
          metadata BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX conversations_by_id ON conversations (id, tenant);
        CREATE INDEX conversations_by_use ON conversations (used_at);

        CREATE TABLE conversation_items (
          conversation INTEGER NOT NULL,
          position INTEGER NOT NULL,
          id TEXT NOT NULL,
          json BLOB NOT NULL,
          PRIMARY KEY (conversation, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX conversation_items_by_id ON conversation_items (id);

        CREATE TABLE completions (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL,
          tenant TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          model TEXT NOT NULL,
          metadata BLOB NOT NULL,
          body BLOB NOT NULL,
          messages BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX completions_by_id ON completions (tenant, id);
        CREATE INDEX completions_by_tenant ON completions (tenant, number);
        CREATE INDEX completions_by_creation ON completions (created_at);

        CREATE TABLE deliveries (
          id TEXT NOT NULL,
          endpoint TEXT NOT NULL,
          body BLOB NOT NULL,
          attempts INTEGER NOT NULL,
          due_at INTEGER NOT NULL,
          PRIMARY KEY (id, endpoint)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deliveries_by_time ON deliveries (endpoint, due_at);

        CREATE TABLE secrets (
          name TEXT NOT NULL PRIMARY KEY,
          value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
        """
        CREATE TABLE directory (
          kind TEXT NOT NULL,
          id TEXT NOT NULL,
          revision INTEGER NOT NULL,
          body BLOB NOT NULL,
          PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX directory_by_revision ON directory (revision);
        """,
        """
        ALTER TABLE responses ADD COLUMN key_id TEXT;

        CREATE TABLE usage (
          id TEXT NOT NULL PRIMARY KEY,
          tenant TEXT NOT NULL,
          key_id TEXT,
          api TEXT NOT NULL,
          model TEXT,
          provider TEXT,
          provider_model TEXT,
          started_at INTEGER NOT NULL,
          duration_ms INTEGER NOT NULL,
          first_token_ms INTEGER,
          status INTEGER NOT NULL,
          outcome TEXT NOT NULL,
          error_code TEXT,
          input_tokens INTEGER NOT NULL,
          cached_tokens INTEGER NOT NULL,
          output_tokens INTEGER NOT NULL,
          reasoning_tokens INTEGER NOT NULL,
          estimated INTEGER NOT NULL,
          cost INTEGER NOT NULL,
          attempts INTEGER NOT NULL,
          stream INTEGER NOT NULL,
          cached INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX usage_by_time ON usage (started_at);

        CREATE TABLE spending (
          scope TEXT NOT NULL,
          name TEXT NOT NULL,
          hour INTEGER NOT NULL,
          tokens INTEGER NOT NULL,
          cost INTEGER NOT NULL,
          PRIMARY KEY (scope, name, hour)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        CREATE TABLE usage_segments (
          number INTEGER PRIMARY KEY,
          first_at INTEGER NOT NULL,
          last_at INTEGER NOT NULL,
          body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX usage_segments_by_time ON usage_segments (first_at, last_at);
        """,
    ];
}
