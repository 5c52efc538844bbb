using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>The statements over the table of deliveries.</summary>
internal static class DeliveryRows
{
    private const string InsertSql =
        "INSERT INTO deliveries (id, endpoint, body, attempts, due_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

    private const string FirstSql = "SELECT id, endpoint, body, attempts, due_at FROM deliveries WHERE endpoint = $1 ORDER BY due_at, id LIMIT $2";
    private const string PostponeSql = "UPDATE deliveries SET attempts = $3, due_at = $4 WHERE id = $1 AND endpoint = $2";
    private const string DeleteSql = "DELETE FROM deliveries WHERE id = $1 AND endpoint = $2";
    private const string EndpointsSql = "SELECT DISTINCT endpoint FROM deliveries";
    private const string DropSql = "DELETE FROM deliveries WHERE endpoint = $1";

    /// <summary>Keeps a delivery; one that is there already stays as it is.</summary>
    public static void Insert(SqliteSession session, WebhookDelivery delivery) => session.Execute(
        InsertSql, delivery.Id, delivery.Endpoint, SqliteValues.Blob(delivery.Body), delivery.Attempts, SqliteValues.Time(delivery.DueAt));

    /// <summary>Reads an endpoint's deliveries that are due first.</summary>
    public static List<WebhookDelivery> First(SqliteSession session, string endpoint, int limit) => session.All(FirstSql, Read, endpoint, limit);

    /// <summary>Notes a delivery's attempts and its next time.</summary>
    public static int Postpone(SqliteSession session, WebhookDelivery delivery) =>
        session.Execute(PostponeSql, delivery.Id, delivery.Endpoint, delivery.Attempts, SqliteValues.Time(delivery.DueAt));

    /// <summary>Deletes a delivery.</summary>
    public static int Delete(SqliteSession session, WebhookDelivery delivery) => session.Execute(DeleteSql, delivery.Id, delivery.Endpoint);

    /// <summary>Reads the names of the endpoints that deliveries are for.</summary>
    public static List<string> Endpoints(SqliteSession session) => session.All(EndpointsSql, static row => row.GetString(0));

    /// <summary>Deletes all deliveries for an endpoint.</summary>
    public static int Drop(SqliteSession session, string endpoint) => session.Execute(DropSql, endpoint);

    private static WebhookDelivery Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Endpoint = row.GetString(1),
        Body = row.GetFieldValue<byte[]>(2),
        Attempts = (int)row.GetInt64(3),
        DueAt = SqliteValues.Time(row.GetInt64(4)),
    };
}
