using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Build.Inventory;
using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Daemon.Api;

/// <summary>What is said about images: documents that stand beside them, and the packages in them.</summary>
internal sealed class ReferrersDoor(ImageStore images, ReferrerStore referrers, ImageInventory inventory, LayerUse layers)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.ImageReferrer, ReferrerAsync);
        app.MapGet(Routes.ImageSbom, SbomAsync);
    }

    private async Task ReferrerAsync(HttpContext http)
    {
        string name = Ask.Query(http, "image"), type = Ask.Query(http, "type");
        Image image = await images.GetAsync(name, http.RequestAborted);
        Artifact artifact = await referrers.FindAsync(image.Digest, type, http.RequestAborted) ?? throw new SlipwayException(
            ErrorKind.NotFound, $"nothing of type {type} is attached to image {name}", $"What is attached: slipway image inspect {name}");
        await SendAsync(http, artifact);
    }

    private async Task SbomAsync(HttpContext http)
    {
        Image image = await images.GetAsync(Ask.Query(http, "image"), http.RequestAborted);
        Artifact? bill = null;
        await layers.UseAsync(async () => bill = await inventory.ReadAsync(image, http.RequestAborted), http.RequestAborted);
        await SendAsync(http, bill!);
    }

    private static async Task SendAsync(HttpContext http, Artifact artifact)
    {
        http.Response.ContentType = artifact.Type;
        http.Response.ContentLength = artifact.Content.Length;
        await http.Response.Body.WriteAsync(artifact.Content, http.RequestAborted);
    }
}
