namespace Slipway.Api;

/// <summary>The head of an answer, and its body as a stream. Disposal closes the connection.</summary>
internal sealed class HttpResponse(int status, IReadOnlyDictionary<string, string> headers, HttpReader reader, Stream connection) : IAsyncDisposable
{
    public int Status { get; } = status;

    /// <summary>By lower-case name.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    public HttpReader Reader { get; } = reader;

    public Stream Connection { get; } = connection;

    public Stream Body { get; } = new HttpBodyStream(
        reader,
        connection,
        status == 204 ? 0 : headers.TryGetValue("content-length", out string? length) && long.TryParse(length, out long bytes) ? bytes : null,
        headers.TryGetValue("transfer-encoding", out string? coding) && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a status line and headers.</summary>
    public static async Task<HttpResponse> ReadAsync(Stream connection, CancellationToken cancellationToken)
    {
        HttpReader reader = new(connection);
        while (true)
        {
            string statusLine = await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (statusLine.Length < 12 || !statusLine.StartsWith("HTTP/1.", StringComparison.Ordinal) || !int.TryParse(statusLine.AsSpan(9, 3), out int status))
            {
                throw new InvalidDataException($"this is no answer of an HTTP server: '{statusLine}'");
            }

            Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
            string line;
            while ((line = await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Length > 0)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                {
                    headers[line[..colon]] = line[(colon + 1)..].Trim();
                }
            }

            if (status is >= 200 or 101)
            {
                return new HttpResponse(status, headers, reader, connection);
            }
        }
    }

    public ValueTask DisposeAsync() => Body.DisposeAsync();
}
