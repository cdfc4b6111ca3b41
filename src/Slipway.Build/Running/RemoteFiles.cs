using Slipway.Build.Provenance;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>Downloads what ADD names by URL. Owns its client, which is made when a build first needs it.</summary>
internal sealed class RemoteFiles : IDisposable
{
    /// <summary>What was downloaded, here and by git.</summary>
    public Downloads Downloads { get; } = new();

    private const UnixFileMode DownloadMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lazy<HttpClient> _client = new(() => new HttpClient());

    public static bool IsUrl(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts the content into <paramref name="folder"/> under the last part of the URL's path, with mode 0600 as docker gives it.</summary>
    /// <param name="fallback">The name where the URL has none; may be empty.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: the URL names no file, or the content is not what the checksum says; <see cref="ErrorKind.Unavailable"/>.
    /// </exception>
    public async ValueTask<string> DownloadAsync(string url, Digest? checksum, string fallback, string folder, CancellationToken cancellationToken)
    {
        string name = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) ? Uri.UnescapeDataString(uri.Segments[^1]) : "";
        name = name.Length == 0 || name.EndsWith('/') ? fallback : name;
        if (name.Length == 0 || name.EndsWith('/') || name.Contains('/', StringComparison.Ordinal) || name is "." or "..")
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the URL '{url}' does not say what the file is called", "Use one whose path ends in a file name.");
        }

        string path = Path.Combine(folder, name);
        try
        {
            using HttpResponseMessage response = await _client.Value.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new SlipwayException(ErrorKind.Unavailable, $"'{url}' answered {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            await using FileStream file = File.Create(path);
            await response.Content.CopyToAsync(file, cancellationToken);
            file.Position = 0;
            Digest actual = new(await System.Security.Cryptography.SHA256.HashDataAsync(file, cancellationToken));
            if (checksum is { } expected && actual != expected)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"'{url}' has the digest {actual}, but --checksum says {expected}");
            }

            Downloads.AddFile(url, actual);
        }
        catch (HttpRequestException fault)
        {
            throw new SlipwayException(ErrorKind.Unavailable, $"'{url}' cannot be downloaded: {fault.Message}", "Check the URL and this machine's network.", fault);
        }

        File.SetUnixFileMode(path, DownloadMode);
        return path;
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }
}
