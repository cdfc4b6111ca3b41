using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.Api;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Uploads;
using Slipway.Images.Client;

namespace Slipway.Daemon.Registry;

/// <summary>The OCI distribution specification 1.1 over the images of this store, below <c>/v2/</c> of the TCP port.</summary>
internal sealed class RegistryDoor(RegistryGate gate, TokenVerbs tokens, ManifestVerbs manifests, BlobVerbs blobs, UploadVerbs uploads, ListVerbs lists)
{
    public const string Root = "/v2";

    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
        http.Response.Headers[RegistryConnection.SlipwayHeader] = ServerDoor.Version;
        try
        {
            RegistryRoute route = RegistryRoute.Parse(http.Request.Path.Value!);
            await (route.Kind == RouteKind.Token ? tokens.AnswerAsync(http) : DispatchAsync(new RegistryRequest(http, route, await gate.CheckAsync(http, route))));
        }
        catch (RegistryException error) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, error);
        }
        catch (SlipwayException error) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, RegistryException.Of(error));
        }
        catch (BadHttpRequestException error) when (!http.Response.HasStarted)
        {
            await RefuseAsync(http, new RegistryException(error.StatusCode, "SIZE_INVALID", $"the request cannot be read: {error.Message}"));
        }
        catch (Exception error) when (error is not OperationCanceledException && !http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            ServerLog.Write($"registry: {http.Request.Method}: {error}");
            await RefuseAsync(http, new RegistryException(500, "UNKNOWN", "the server failed at this request; its log says how"));
        }
    }

    private Task DispatchAsync(RegistryRequest request) => (request.Route.Kind, request.Method) switch
    {
        (RouteKind.Root, "GET" or "HEAD") => RegistryRequest.JsonAsync(request.Http, StatusCodes.Status200OK, "application/json", json =>
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }),
        (RouteKind.Catalog, "GET" or "HEAD") => lists.CatalogAsync(request),
        (RouteKind.Tags, "GET" or "HEAD") => lists.TagsAsync(request),
        (RouteKind.Referrers, "GET" or "HEAD") => lists.ReferrersAsync(request),
        (RouteKind.Manifest, "GET" or "HEAD") => manifests.GetAsync(request),
        (RouteKind.Manifest, "PUT") => manifests.PutAsync(request),
        (RouteKind.Manifest, "DELETE") => manifests.DeleteAsync(request),
        (RouteKind.Blob, "GET" or "HEAD") => blobs.GetAsync(request),
        (RouteKind.Blob, "DELETE") => blobs.DeleteAsync(request),
        (RouteKind.Uploads, "POST") => uploads.BeginAsync(request),
        (RouteKind.Upload, "GET" or "HEAD") => uploads.StatusAsync(request),
        (RouteKind.Upload, "PATCH") => uploads.AppendAsync(request),
        (RouteKind.Upload, "PUT") => uploads.CompleteAsync(request),
        (RouteKind.Upload, "DELETE") => uploads.CancelAsync(request),
        _ => throw RegistryException.Unsupported(request.Method),
    };

    private static Task RefuseAsync(HttpContext http, RegistryException error)
    {
        foreach (string name in (string[])["ETag", "Content-Range", "Accept-Ranges", "Cache-Control", "Docker-Content-Digest"])
        {
            http.Response.Headers.Remove(name);
        }

        return RegistryRequest.JsonAsync(http, error.Status, "application/json", json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("errors");
            json.WriteStartObject();
            json.WriteString("code", error.Code);
            json.WriteString("message", error.Message);
            json.WriteNull("detail");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
