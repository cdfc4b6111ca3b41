using System.Buffers;
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
            ArrayBufferWriter<byte> line = new();
            byte[] buffer = new byte[32 * 1024];
            int count;
            while ((count = await response.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                int start = 0;
                for (int newline; (newline = buffer.AsSpan(start, count - start).IndexOf((byte)'\n')) >= 0; start += newline + 1)
                {
                    line.Write(buffer.AsSpan(start, newline));
                    if (Parse(line.WrittenSpan, type, out T? record))
                    {
                        yield return record;
                    }

                    line.ResetWrittenCount();
                }

                line.Write(buffer.AsSpan(start, count - start));
            }

            if (Parse(line.WrittenSpan, type, out T? last))
            {
                yield return last;
            }
        }
    }

    private static bool Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? record)
    {
        record = default;
        if (line.IsEmpty || line.SequenceEqual("\r"u8))
        {
            return false;
        }

        if (line.StartsWith("{\"problem\":"u8))
        {
            throw new ApiException(JsonSerializer.Deserialize(line, ApiJson.Default.StreamFailure)!.Problem);
        }

        record = JsonSerializer.Deserialize(line, type);
        return record is not null;
    }
}
