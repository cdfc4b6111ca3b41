using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Api;

/// <summary>
/// The API with one method a route (see <see cref="Routes"/> for what each does). Stateless: every call opens a connection of its own, so calls may run
/// side by side. Every failure is an <see cref="ApiException"/>.
/// </summary>
public sealed partial class SlipwayClient(IServerConnector connector)
{
    private const string JsonHeader = "Content-Type: application/json\r\n";

    public IServerConnector Connector { get; } = connector;

    private static string OptionsHeader<T>(T options, JsonTypeInfo<T> type) =>
        $"{Routes.OptionsHeader}: {Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(options, type))}\r\nContent-Type: {BuildContextFormat.MediaType}\r\n";

    private static string? Flag(bool value) => value ? "true" : null;

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await SendAsync("GET", path, type, cancellationToken).ConfigureAwait(false);

    private async Task<T> SendAsync<T>(string method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpExchange.SendAsync(Connector, method, path, "", null, null, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(string method, string path, CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpExchange.SendAsync(Connector, method, path, "", null, null, cancellationToken).ConfigureAwait(false);
        await response.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<TAnswer> PostAsync<TRequest, TAnswer>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "POST", path, JsonHeader, (stream, token) => stream.WriteAsync(json, token).AsTask(), json.Length, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, answerType, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> UploadAsync<T>(
        string method, string path, string headers, Func<Stream, CancellationToken, Task> body, long? length, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpExchange.SendAsync(Connector, method, path, headers, new HttpExchange.BodyWriter(body), length, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(HttpResponse response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using (response.ConfigureAwait(false))
        {
            ReadOnlyMemory<byte> json = await ReadWholeAsync(response.Body, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json.Span, type)
                ?? throw new ApiException(new ProblemDetails(ProblemKinds.Internal, "the server sent an empty answer"));
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadWholeAsync(Stream body, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int filled = 0;
        int count;
        while ((count = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false)) > 0)
        {
            filled += count;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return buffer.AsMemory(0, filled);
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpExchange.SendAsync(Connector, "GET", path, "", null, null, cancellationToken).ConfigureAwait(false);
        await foreach (T record in ReadLinesAsync(response, type, cancellationToken).ConfigureAwait(false))
        {
            yield return record;
        }
    }

    /// <summary>The records of an NDJSON body; the last may be a <see cref="StreamFailure"/>, which is thrown.</summary>
    private static async IAsyncEnumerable<T> ReadLinesAsync<T>(HttpResponse response, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (response.ConfigureAwait(false))
        {
            LineReader lines = new(response.Body);
            while (await lines.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                ThrowFailure(lines.Line);
                if (JsonSerializer.Deserialize(lines.Line, type) is { } record)
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>A stream that fails midway says why in its last line.</summary>
    private static void ThrowFailure(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"problem\":"u8))
        {
            throw new ApiException(JsonSerializer.Deserialize(line, ApiJson.Default.StreamFailure)!.Problem);
        }
    }
}
