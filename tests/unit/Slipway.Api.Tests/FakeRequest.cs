using System.Globalization;
using System.Text;

namespace Slipway.Api.Tests;

/// <summary>What a client sent.</summary>
public sealed record FakeRequest(string Head, Stream Stream)
{
    public string Method => Head.Split(' ')[0];

    public string Path => Head.Split(' ')[1];

    public string? Header(string name) => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    /// <summary>Reads the whole body, chunked or not; none where the head announces none.</summary>
    public async Task<byte[]> ReadBodyAsync()
    {
        using MemoryStream body = new();
        if (Header("Content-Length") is string length)
        {
            byte[] bytes = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await Stream.ReadExactlyAsync(bytes);
            return bytes;
        }

        if (Header("Transfer-Encoding") is null)
        {
            return [];
        }

        while (int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is int size and > 0)
        {
            byte[] chunk = new byte[size];
            await Stream.ReadExactlyAsync(chunk);
            body.Write(chunk);
            await ReadLineAsync();
        }

        return body.ToArray();
    }

    public async Task<string> ReadBodyTextAsync() => Encoding.UTF8.GetString(await ReadBodyAsync());

    private async Task<string> ReadLineAsync()
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (await Stream.ReadAsync(one) > 0 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }
}
