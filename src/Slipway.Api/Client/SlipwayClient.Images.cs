namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<ImageSummary>> ListImagesAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Images, ApiJson.Default.IReadOnlyListImageSummary, cancellationToken);

    /// <summary>Whether a name means an image here; costs one look into the index.</summary>
    public Task<ImageFound> FindImageAsync(string image, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.ImageFind, ("image", image)), ApiJson.Default.ImageFound, cancellationToken);

    public Task<ImageDetails> InspectImageAsync(string image, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.ImageInspect, ("image", image)), ApiJson.Default.ImageDetails, cancellationToken);

    public Task<ImageSummary> TagImageAsync(TagImageRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.ImageTag, request, ApiJson.Default.TagImageRequest, ApiJson.Default.ImageSummary, cancellationToken);

    public IAsyncEnumerable<TransferImageProgress> PullImageAsync(TransferImageRequest request, CancellationToken cancellationToken) =>
        PostLinesAsync(Routes.ImagePull, request, ApiJson.Default.TransferImageRequest, ApiJson.Default.TransferImageProgress, cancellationToken);

    public IAsyncEnumerable<TransferImageProgress> PushImageAsync(TransferImageRequest request, CancellationToken cancellationToken) =>
        PostLinesAsync(Routes.ImagePush, request, ApiJson.Default.TransferImageRequest, ApiJson.Default.TransferImageProgress, cancellationToken);

    /// <summary>Returns where the registry accepts the name and the password.</summary>
    public async Task CheckLoginAsync(RegistryLoginRequest request, CancellationToken cancellationToken)
    {
        byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.RegistryLoginRequest);
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "POST", Routes.RegistryLogin, JsonHeader, (stream, token) => stream.WriteAsync(json, token).AsTask(), json.Length, cancellationToken).ConfigureAwait(false);
        await response.DisposeAsync().ConfigureAwait(false);
    }

    public Task<RemovedImage> RemoveImageAsync(string image, bool force, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Images, ("image", image), ("force", Flag(force))), ApiJson.Default.RemovedImage, cancellationToken);

    /// <param name="all">Those with names too.</param>
    public Task<PrunedImages> PruneImagesAsync(bool all, CancellationToken cancellationToken) =>
        SendAsync("POST", Routes.WithQuery(Routes.ImagePrune, ("all", Flag(all))), ApiJson.Default.PrunedImages, cancellationToken);

    public Task<IReadOnlyList<ImageFileChange>> DiffImagesAsync(string from, string to, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.ImageDiff, ("from", from), ("to", to)), ApiJson.Default.IReadOnlyListImageFileChange, cancellationToken);

    /// <summary>A tar of an image's files.</summary>
    public Task<Stream> GetImageFilesAsync(string image, CancellationToken cancellationToken) =>
        ReadBodyAsync(Routes.WithQuery(Routes.ImageFiles, ("image", image)), cancellationToken);

    /// <summary>The newest document of an artifact type that is about an image.</summary>
    public Task<Stream> GetImageReferrerAsync(string image, string type, CancellationToken cancellationToken) =>
        ReadBodyAsync(Routes.WithQuery(Routes.ImageReferrer, ("image", image), ("type", type)), cancellationToken);

    /// <summary>The packages in an image, as an SPDX document.</summary>
    public Task<Stream> GetImageSbomAsync(string image, CancellationToken cancellationToken) =>
        ReadBodyAsync(Routes.WithQuery(Routes.ImageSbom, ("image", image)), cancellationToken);

    private async Task<Stream> ReadBodyAsync(string path, CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpExchange.SendAsync(Connector, "GET", path, "", null, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>A tar of images, for any tool that loads archives.</summary>
    public async Task<Stream> SaveImagesAsync(IEnumerable<string> images, CancellationToken cancellationToken)
    {
        string address = Routes.WithQuery(Routes.ImageArchive, [.. images.Select(static image => ("image", (string?)image))]);
        HttpResponse response = await HttpExchange.SendAsync(Connector, "GET", address, "", null, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    /// <param name="tar">Writes the archive into the stream that it is given.</param>
    public Task<IReadOnlyList<LoadedImage>> LoadImagesAsync(Func<Stream, CancellationToken, Task> tar, long? length, CancellationToken cancellationToken) =>
        UploadAsync("POST", Routes.ImageArchive, "", tar, length, ApiJson.Default.IReadOnlyListLoadedImage, cancellationToken);

    /// <summary>Reads images from an archive of this machine; null where the server cannot read it itself.</summary>
    public async Task<IReadOnlyList<LoadedImage>?> LoadLocalImagesAsync(LocalSource archive, Action<LocalLoadProgress> report, CancellationToken cancellationToken)
    {
        await foreach (LocalLoadProgress progress in PostLinesAsync(
            Routes.ImageArchiveLocal, archive, ApiJson.Default.LocalSource, ApiJson.Default.LocalLoadProgress, cancellationToken).ConfigureAwait(false))
        {
            report(progress);
            if (progress.Images is not null || progress.Declined is not null)
            {
                return progress.Images;
            }
        }

        throw new ApiException(new ProblemDetails(ProblemKinds.Internal, "the server's answer ended without a result"));
    }

    /// <param name="tar">Writes the tar into the stream that it is given.</param>
    public Task<ImageSummary> ImportImageAsync(ImportImageOptions options, Func<Stream, CancellationToken, Task> tar, long? length, CancellationToken cancellationToken) =>
        UploadAsync("POST", Routes.ImageImport, OptionsHeader(options, ApiJson.Default.ImportImageOptions), tar, length, ApiJson.Default.ImageSummary, cancellationToken);

    /// <param name="context">Writes the context as <see cref="BuildContextFormat"/> says.</param>
    public async IAsyncEnumerable<BuildProgress> BuildAsync(
        BuildOptions options,
        Func<Stream, CancellationToken, Task> context,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string headers = OptionsHeader(options, ApiJson.Default.BuildOptions);
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "POST", Routes.Build, headers, new HttpExchange.BodyWriter(context), null, cancellationToken).ConfigureAwait(false);
        await foreach (BuildProgress progress in ReadLinesAsync(response, ApiJson.Default.BuildProgress, cancellationToken).ConfigureAwait(false))
        {
            yield return progress;
        }
    }

    /// <summary>
    /// Builds from a folder of this machine that the server reads itself; the only record is a <see cref="BuildDeclined"/> where it cannot. Neither request nor
    /// answer needs the serializer, since a build of which all is known is over before that would have loaded.
    /// </summary>
    public async IAsyncEnumerable<BuildProgress> BuildLocalAsync(
        LocalBuildRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] json = RequestText.Of(request);
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "POST", Routes.BuildLocal, JsonHeader, (stream, token) => stream.WriteAsync(json, token).AsTask(), json.Length, cancellationToken).ConfigureAwait(false);
        await using (response.ConfigureAwait(false))
        {
            LineReader lines = new(response.Body);
            while (await lines.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                ThrowFailure(lines.Line);
                if (ProgressText.Read(lines.Line) is { } progress)
                {
                    yield return progress;
                }
            }
        }
    }
}
