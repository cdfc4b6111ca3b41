using Microsoft.AspNetCore.Http;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Api;

/// <summary>
/// A middleware: each request that may put blobs holds a lease until it is answered, so that nothing that it put is collected before a row names
/// it. Reads and container sessions put nothing that they name later.
/// </summary>
internal sealed class RequestLease(BlobLeases leases)
{
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        using BlobLease? lease = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? null : leases.Begin();
        await next(http);
    }
}
