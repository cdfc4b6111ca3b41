using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>Lists of a repository of another registry: its tags, and what refers to a manifest.</summary>
public static partial class RemoteLists
{
    private const int PageSize = 1000;
    private const int MostPages = 100;

    /// <summary>The tags, at most 100 pages of them, in the order in which they come.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>; <see cref="ErrorKind.InvalidArgument"/>: it is no list.
    /// </exception>
    public static async Task<List<string>> TagsAsync(RegistryConnection registry, CancellationToken cancellationToken)
    {
        List<string> tags = [];
        Uri? page = registry.At($"tags/list?n={PageSize}");
        for (int pages = 0; page is not null && pages < MostPages; pages++)
        {
            Uri address = page;
            using HttpResponseMessage answer = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);
            tags.AddRange(TagsOf(await ReadAsync(registry, answer, "the list of tags", cancellationToken)));
            page = NextOf(answer, address);
        }

        return tags;
    }

    /// <summary>
    /// What refers to a manifest: as the registry lists it, or as its clients keep it in the index under the manifest's tag where the registry knows no such list
    /// (distribution specification, "Unavailable Referrers API"). Empty where there is neither.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.PermissionDenied"/>; <see cref="ErrorKind.Unavailable"/>; <see cref="ErrorKind.InvalidArgument"/>: it is no list.</exception>
    public static async Task<ImmutableArray<Descriptor>> ReferrersAsync(RegistryConnection registry, Digest subject, CancellationToken cancellationToken) =>
        [.. await ReferrersTag.ListAsync(registry, subject, cancellationToken)];

    private static async Task<byte[]> ReadAsync(RegistryConnection registry, HttpResponseMessage answer, string what, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw await registry.FailureAsync(answer, $"the request for {what} of {registry.Repository}", cancellationToken);
        }

        return await registry.ReadAsync(answer, $"{what} of {registry.Repository}", cancellationToken);
    }

    private static List<string> TagsOf(byte[] page)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(page);
            return json.RootElement.Find("tags") is { ValueKind: JsonValueKind.Array } tags ? [.. tags.EnumerateArray().Select(tag => tag.ToString()).Where(ImageReference.IsTag)] : [];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the list of tags is none: {fault.Message}", innerException: fault);
        }
    }

    /// <summary>The next page, which is on the same server.</summary>
    private static Uri? NextOf(HttpResponseMessage answer, Uri page) =>
        answer.Headers.TryGetValues("Link", out IEnumerable<string>? links) && links.Select(link => Next().Match(link)).FirstOrDefault(match => match.Success) is { } next
        && Uri.TryCreate(page, next.Groups[1].Value, out Uri? address) && address.Authority == page.Authority && address.Scheme == page.Scheme
            ? address
            : null;

    [GeneratedRegex("""^\s*<([^>]*)>\s*;.*rel="?next"?""", RegexOptions.CultureInvariant)]
    private static partial Regex Next();
}
