using System.Net;
using System.Text.RegularExpressions;

namespace Slipway.Cli.Data.Sources;

/// <summary>What an index page of a web server links to beneath itself. Links to elsewhere (the parent, other sites, orders of sorting) are no part of it.</summary>
internal static partial class IndexPage
{
    /// <param name="page">Where the page is, after redirects.</param>
    /// <param name="prefix">Ends in '/'; what lies outside of it is left out.</param>
    /// <returns>Absolute addresses, each once, in order; those of folders end in '/'.</returns>
    public static IReadOnlyList<Uri> Links(Uri page, string html, Uri prefix)
    {
        List<Uri> links = [];
        HashSet<string> seen = [];
        foreach (Match match in Anchor().Matches(html))
        {
            string href = WebUtility.HtmlDecode(match.Groups["to"].Value).Trim();
            if (href.Length == 0 || href[0] is '?' or '#' || !Uri.TryCreate(page, href, out Uri? link))
            {
                continue;
            }

            if (IsBeneath(link, prefix) && link.AbsolutePath != page.AbsolutePath && link.Query.Length == 0 && seen.Add(link.AbsolutePath))
            {
                links.Add(new Uri(link.GetLeftPart(UriPartial.Path)));
            }
        }

        return links;
    }

    /// <summary>Whether an address is the prefix or below it, on the same server.</summary>
    public static bool IsBeneath(Uri address, Uri prefix) =>
        address.Scheme == prefix.Scheme && address.Authority == prefix.Authority && address.AbsolutePath.StartsWith(prefix.AbsolutePath, StringComparison.Ordinal);

    [GeneratedRegex("""<a\s[^>]*?href\s*=\s*(?:"(?<to>[^"]*)"|'(?<to>[^']*)'|(?<to>[^\s"'>]+))""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Anchor();
}
