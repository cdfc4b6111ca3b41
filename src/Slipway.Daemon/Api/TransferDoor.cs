using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Client;
using Slipway.Images.Compression;

namespace Slipway.Daemon.Api;

/// <summary>Images from and to other registries.</summary>
internal sealed class TransferDoor(ImagePuller puller, ImagePusher pusher, RegistryClient registries)
{
    public void Map(WebApplication app)
    {
        app.MapPost(Routes.ImagePull, PullAsync);
        app.MapPost(Routes.ImagePush, PushAsync);
        app.MapPost(Routes.RegistryLogin, LoginAsync);
    }

    private async Task LoginAsync(HttpContext context)
    {
        RegistryLoginRequest request = await Ask.BodyAsync(context, ApiJson.Default.RegistryLoginRequest);
        if (!ImageReference.TryParse(request.Registry + "/a", out ImageReference? reference))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{request.Registry}' is not a registry's host", "It is written host[:port], without https://.");
        }

        await RegistryLogin.CheckAsync(
            registries, RegistryEndpoint.Of(reference.Domain, request.PlainHttp), new RegistryCredential(request.User, request.Password), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task PullAsync(HttpContext context)
    {
        TransferImageRequest request = await Ask.BodyAsync(context, ApiJson.Default.TransferImageRequest);
        ImageReference reference = ImageReference.Parse(request.Image);
        Platform? platform = request.AllPlatforms ? null : request.Platform is not { } text ? Platform.Host : Platform.Find(text)
            ?? throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a platform", "A platform is written os/architecture[/variant], as linux/arm64.");
        await RunAsync(context, reference, progress => puller.PullAsync(Connect(request, reference, push: false), reference, platform, request.Referrers, progress, context.RequestAborted));
    }

    private async Task PushAsync(HttpContext context)
    {
        TransferImageRequest request = await Ask.BodyAsync(context, ApiJson.Default.TransferImageRequest);
        ImageReference reference = ImageReference.Parse(request.Image);
        await RunAsync(context, reference, progress => pusher.PushAsync(Connect(request, reference, push: true), reference, request.Referrers, CompressionOf(request.Compression), progress, context.RequestAborted));
    }

    private static LayerCompression CompressionOf(string? text) => text switch
    {
        null or "none" => LayerCompression.None,
        "gzip" => LayerCompression.Gzip,
        "zstd" => LayerCompression.Zstd,
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"layers are not compressed with '{text}'", "Compressions are none, gzip and zstd."),
    };

    private RegistryConnection Connect(TransferImageRequest request, ImageReference reference, bool push)
    {
        RegistryCredential? credential = request.User is { } user ? new(user, request.Password ?? "") : null;
        return new(registries, RegistryEndpoint.Of(reference.Domain, request.PlainHttp), RepositoryName.Of(reference), credential, push);
    }

    private static Task RunAsync(HttpContext context, ImageReference reference, Func<IProgress<TransferStep>, Task<(Digest Manifest, long Bytes)>> transfer) =>
        ProgressLines.SendAsync<TransferStep, TransferImageProgress>(
            context,
            step => new(step.What, step.Done, step.Total),
            async progress =>
            {
                (Digest manifest, long bytes) = await transfer(progress);
                return new("done", bytes, bytes, new(reference.Familiar, manifest.ToString(), bytes));
            },
            ApiJson.Default.TransferImageProgress);
}
