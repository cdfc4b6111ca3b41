using System.Text;

namespace Slipway.Cli.Data.Sources;

/// <summary>The files beneath an address that answers with an index page, as web servers make them of folders.</summary>
internal static class HttpPrefix
{
    private const int LargestPage = 64 << 20;
    private const int MostPages = 100_000;

    /// <param name="prefix">Ends in '/'.</param>
    /// <param name="found">Told how many files there are so far.</param>
    public static async Task<IReadOnlyList<RemoteFile>> ListAsync(WebClient client, Uri prefix, Action<int> found, CancellationToken cancellationToken)
    {
        List<RemoteFile> files = [];
        HashSet<string> seen = [prefix.AbsolutePath];
        Stack<Uri> pages = new([prefix]);
        while (pages.TryPop(out Uri? page))
        {
            (Uri at, string html) = await ReadAsync(client, page, prefix, cancellationToken).ConfigureAwait(false);
            foreach (Uri link in IndexPage.Links(at, html, prefix))
            {
                if (!seen.Add(link.AbsolutePath))
                {
                    continue;
                }

                if (link.AbsolutePath.EndsWith('/'))
                {
                    pages.Push(link);
                }
                else
                {
                    string name = RemoteName.Decode(link.AbsolutePath[prefix.AbsolutePath.Length..], WebClient.Shown(prefix));
                    files.Add(new RemoteFile(name, WithUser(link, prefix), null));
                }
            }

            if (pages.Count > MostPages)
            {
                throw new CliException($"{WebClient.Shown(prefix)} has more than {MostPages} folders to look into", "put parts of it by their own addresses");
            }

            found(files.Count);
        }

        files.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return files;
    }

    private static async Task<(Uri At, string Html)> ReadAsync(WebClient client, Uri page, Uri prefix, CancellationToken cancellationToken)
    {
        using WebStream stream = await WebStream.OpenAsync(client, WithUser(page, prefix), to => IndexPage.IsBeneath(to, prefix), null, cancellationToken).ConfigureAwait(false);
        if (stream.MediaType is not ("text/html" or "application/xhtml+xml"))
        {
            throw new CliException($"{WebClient.Shown(page)} is {stream.MediaType ?? "of no kind"}, not an index page", "write a file's address without '/' at its end");
        }

        using MemoryStream bytes = new();
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > LargestPage)
            {
                throw new CliException($"the index page {WebClient.Shown(page)} has more than {LargestPage >> 20} MiB", "put parts of it by their own addresses");
            }
        }

        return (stream.From, Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    /// <summary>The name and password that the person wrote before the host hold for all beneath.</summary>
    private static Uri WithUser(Uri address, Uri prefix) => prefix.UserInfo.Length == 0 ? address : new Uri($"{address.Scheme}://{prefix.UserInfo}@{address.Authority}{address.AbsolutePath}");
}
