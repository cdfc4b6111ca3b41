using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Images.Archives;

namespace Slipway.Daemon.Api;

/// <summary>Images out as a tar that other tools load, and in from one that other tools saved.</summary>
internal sealed class ImageArchiveDoor(ImageArchiveWriter writer, ImageArchiveReader reader)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.ImageArchive, SaveAsync);
        app.MapPost(Routes.ImageArchive, LoadAsync);
    }

    private async Task SaveAsync(HttpContext http)
    {
        string[] names = [.. http.Request.Query["image"].OfType<string>()];
        if (names.Length == 0)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "the request names no image", "GET …?image=NAME, once for each.");
        }

        http.Response.ContentType = BuildContextFormat.MediaType;
        await writer.WriteAsync(names, http.Response.Body, http.RequestAborted);
    }

    private async Task LoadAsync(HttpContext http)
    {
        IReadOnlyList<Slipway.Images.Archives.LoadedImage> loaded = await reader.LoadAsync(http.Request.Body, http.RequestAborted);
        await Answer.JsonAsync(
            http,
            [.. loaded.Select(image => new Slipway.Api.LoadedImage(image.Reference?.Familiar, image.Manifest.ToString()))],
            ApiJson.Default.IReadOnlyListLoadedImage);
    }
}
