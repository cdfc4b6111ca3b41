using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Slipway.Daemon.Api;

/// <summary>How this door answers: one record as JSON, or a stream of records as NDJSON that is flushed line by line.</summary>
internal static class Answer
{
    /// <summary>The content type of a stream of records.</summary>
    public const string LinesType = "application/x-ndjson";

    /// <summary>Answers 200 with one record.</summary>
    public static async Task JsonAsync<T>(HttpContext http, T value, JsonTypeInfo<T> json)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, json);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Begins a stream of records; call <see cref="LineAsync{T}"/> for each.</summary>
    public static void BeginLines(HttpContext http) => http.Response.ContentType = LinesType;

    /// <summary>Writes one record of a stream; <paramref name="flush"/> sends it at once.</summary>
    public static async Task LineAsync<T>(HttpContext http, T value, JsonTypeInfo<T> json, bool flush)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(value, json);
        await http.Response.Body.WriteAsync(line, http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
        if (flush)
        {
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Streams a whole sequence; it is flushed when the sequence has no more ready.</summary>
    public static async Task LinesAsync<T>(HttpContext http, IAsyncEnumerable<T> values, JsonTypeInfo<T> json, bool flushEach = false)
    {
        // The first record is drawn before the status line is sent, so that a reference that does not exist is still a 404.
        await using IAsyncEnumerator<T> cursor = values.GetAsyncEnumerator(http.RequestAborted);
        bool any = await cursor.MoveNextAsync();
        BeginLines(http);
        while (any)
        {
            await LineAsync(http, cursor.Current, json, flushEach);
            any = await cursor.MoveNextAsync();
        }
    }

    /// <summary>Answers 204.</summary>
    public static Task NothingAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
