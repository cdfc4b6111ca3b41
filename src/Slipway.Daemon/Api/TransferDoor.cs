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
            registries, await registries.FindAsync(reference.Domain, request.PlainHttp, context.RequestAborted), new RegistryCredential(request.User, request.Password), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task PullAsync(HttpContext context)
    {
        TransferImageRequest request = await Ask.BodyAsync(context, ApiJson.Default.TransferImageRequest);
        ImageReference reference = ImageReference.Parse(request.Image);
        Platform? platform = request.AllPlatforms ? null : request.Platform is not { } text ? Platform.Host : Platform.Find(text)
            ?? throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a platform", "A platform is written os/architecture[/variant], as linux/arm64.");
        await RunAsync(context, async progress =>
        {
            (Digest manifest, long bytes) = await puller.PullAsync(await ConnectAsync(request, reference, push: false, context.RequestAborted), reference, platform, request.Referrers, progress, context.RequestAborted);
            return new(reference.Familiar, manifest.ToString(), bytes);
        });
    }

    private async Task PushAsync(HttpContext context)
    {
        TransferImageRequest request = await Ask.BodyAsync(context, ApiJson.Default.TransferImageRequest);
        ImageReference reference = ImageReference.Parse(request.Image);
        LayerCompression? compression = CompressionOf(request.Compression);
        await RunAsync(context, async progress =>
        {
            PushedImage pushed = await pusher.PushAsync(await ConnectAsync(request, reference, push: true, context.RequestAborted), reference, request.Referrers, compression, progress, context.RequestAborted);
            return new(reference.Familiar, pushed.There.ToString(), pushed.Bytes)
            {
                DigestHere = pushed.Here.ToString(),
                Compression = TextOf(pushed.Compression),
                ReferrersLeft = pushed.Left,
            };
        });
    }

    private static LayerCompression? CompressionOf(string? text) => text switch
    {
        null => null,
        "none" => LayerCompression.None,
        "gzip" => LayerCompression.Gzip,
        "zstd" => LayerCompression.Zstd,
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"layers are not compressed with '{text}'", "Compressions are none, gzip and zstd."),
    };

    private static string TextOf(LayerCompression compression) => compression switch
    {
        LayerCompression.Gzip => "gzip",
        LayerCompression.Zstd => "zstd",
        _ => "none",
    };

    private async ValueTask<RegistryConnection> ConnectAsync(TransferImageRequest request, ImageReference reference, bool push, CancellationToken cancellationToken)
    {
        RegistryCredential? credential = request.User is { } user ? new(user, request.Password ?? "") : null;
        return new(registries, await registries.FindAsync(reference.Domain, request.PlainHttp, cancellationToken), RepositoryName.Of(reference), credential, push);
    }

    private static Task RunAsync(HttpContext context, Func<IProgress<TransferStep>, Task<TransferImageResult>> transfer) =>
        ProgressLines.SendAsync<TransferStep, TransferImageProgress>(
            context,
            step => new(step.What, step.Done, step.Total),
            async progress =>
            {
                TransferImageResult result = await transfer(progress);
                return new("done", result.Bytes, result.Bytes, result);
            },
            ApiJson.Default.TransferImageProgress);
}
