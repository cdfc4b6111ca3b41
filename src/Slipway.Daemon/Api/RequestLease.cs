using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Api;

/// <summary>
/// A middleware: each request that may put blobs holds a lease until it is answered, so that nothing that it put is collected before a row names
/// it. Reads and container sessions put nothing that they name later, and neither does work on the store itself, which a collection is.
/// </summary>
internal sealed class RequestLease(BlobLeases leases)
{
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        bool putsNothing = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || http.Request.Path.StartsWithSegments(Routes.Store);
        using BlobLease? lease = putsNothing ? null : leases.Begin();
        await next(http);
    }
}
