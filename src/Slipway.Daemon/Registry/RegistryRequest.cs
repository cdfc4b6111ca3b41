using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.Api;
using Slipway.Daemon.Registry.Access;
using Slipway.Images;

namespace Slipway.Daemon.Registry;

/// <summary>A request of a registry's client, and how it is answered.</summary>
internal sealed record RegistryRequest(HttpContext Http, RegistryRoute Route, RegistryCaller Caller)
{
    public string Method => Http.Request.Method;

    public RepositoryName Repository => Route.Repository!;

    /// <summary>The repository as the client spells it, for answers and locations.</summary>
    public string Spelling
    {
        get
        {
            string path = Http.Request.Path.Value!["/v2/".Length..];
            string tail = Route.Kind switch
            {
                RouteKind.Tags => "/tags/list",
                RouteKind.Manifest => "/manifests/",
                RouteKind.Referrers => "/referrers/",
                RouteKind.Blob => "/blobs/",
                _ => "/blobs/uploads",
            };
            return path[..path.LastIndexOf(tail, StringComparison.Ordinal)];
        }
    }

    public HttpResponse Response => Http.Response;

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The digest at the end of the route.</summary>
    /// <exception cref="RegistryException">It is malformed, or of an algorithm that no content here is named by.</exception>
    public Digest Digest => Digest.TryParse(Route.Reference, out Digest digest) ? digest
        : Route.Reference.StartsWith("sha512:", StringComparison.Ordinal) && Route.Kind == RouteKind.Blob ? throw RegistryException.NoBlob(Route.Reference)
        : throw RegistryException.BadDigest(Route.Reference);

    public string? Query(string name) => Ask.Find(Http, name);

    /// <summary>A page's <c>n</c>; null where there is none.</summary>
    public int? PageSize => Query("n") is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new RegistryException(400, "PAGINATION_NUMBER_INVALID", $"n is a whole number, not '{text}'");

    /// <summary>Cuts a page out of an ordered list and links the next one, as <c>n</c> and <c>last</c> say.</summary>
    public List<string> Page(IEnumerable<string> all, string path)
    {
        string last = Query("last") ?? "";
        List<string> rest = [.. all.Where(item => string.CompareOrdinal(item, last) > 0)];
        if (PageSize is not { } most || rest.Count <= most)
        {
            return rest;
        }

        List<string> page = rest[..most];
        if (page.Count > 0)
        {
            Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"<{path}?n={most}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"");
        }

        return page;
    }

    /// <summary>Answers with JSON.</summary>
    public static async Task JsonAsync(HttpContext http, int status, string mediaType, Action<Utf8JsonWriter> write)
    {
        using MemoryStream buffer = new();
        await using (Utf8JsonWriter json = new(buffer))
        {
            write(json);
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = mediaType;
        http.Response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted);
        }
    }
}
