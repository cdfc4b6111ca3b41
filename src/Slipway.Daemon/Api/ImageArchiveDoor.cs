using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;
using Slipway.Api;
using Slipway.Content;
using Slipway.Images.Archives;
using Slipway.Linux;

namespace Slipway.Daemon.Api;

/// <summary>Images out as a tar that other tools load, and in from one that other tools saved.</summary>
internal sealed class ImageArchiveDoor(ImageArchiveWriter writer, ImageArchiveReader reader)
{
    private const int ReadAhead = 128 << 10;

    private static readonly TimeSpan ProgressStep = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app)
    {
        app.MapGet(Routes.ImageArchive, SaveAsync);
        app.MapPost(Routes.ImageArchive, LoadAsync);
        app.MapPost(Routes.ImageArchiveLocal, LoadLocalAsync);
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
        await Answer.JsonAsync(http, Wire(loaded), ApiJson.Default.IReadOnlyListLoadedImage);
    }

    private async Task LoadLocalAsync(HttpContext http)
    {
        LocalSource source = await Ask.BodyAsync(http, ApiJson.Default.LocalSource);
        Answer.BeginLines(http);
        if (!LocalPeer.IsOurUser(http))
        {
            await AnswerAsync(http, new LocalLoadProgress(0, Declined: "the server runs as another user, or on another machine"), flush: false);
            return;
        }

        using SafeFileHandle? file = TryOpen(source);
        if (file is null)
        {
            await AnswerAsync(http, new LocalLoadProgress(0, Declined: "the server sees another file at this path"), flush: false);
            return;
        }

        long read = 0;
        await using FileStream archive = new(file, FileAccess.Read, ReadAhead);
        Task<IReadOnlyList<Slipway.Images.Archives.LoadedImage>> load = reader.LoadAsync(archive, bytes => Interlocked.Add(ref read, bytes), http.RequestAborted);
        try
        {
            while (await Task.WhenAny(load, Task.Delay(ProgressStep, http.RequestAborted)) != load)
            {
                await AnswerAsync(http, new LocalLoadProgress(Interlocked.Read(ref read)), flush: true);
            }
        }
        finally
        {
            // The file is the reading's until that has ended.
            await load.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        await AnswerAsync(http, new LocalLoadProgress(read, Wire(await load)), flush: false);
    }

    private static SafeFileHandle? TryOpen(LocalSource source)
    {
        SafeFileHandle file;
        try
        {
            file = Libc.Open(source.Path, OpenFlags.ReadOnly | OpenFlags.NonBlock);
        }
        catch (LinuxException)
        {
            return null;
        }

        if (Libc.Status(file, source.Path) is { IsRegular: true } status && status.Device == source.Device && status.Inode == source.Inode)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static Task AnswerAsync(HttpContext http, LocalLoadProgress progress, bool flush) => Answer.LineAsync(http, progress, ApiJson.Default.LocalLoadProgress, flush);

    private static IReadOnlyList<Slipway.Api.LoadedImage> Wire(IReadOnlyList<Slipway.Images.Archives.LoadedImage> loaded) =>
        [.. loaded.Select(image => new Slipway.Api.LoadedImage(image.Reference?.Familiar, image.Manifest.ToString()))];
}
