using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.Images;

/// <summary>An image store over real blob and metadata stores in a folder of its own.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly string _folder;

    private TemporaryStore(string folder, LocalBlobStore blobs, SqliteMetadataStore metadata)
    {
        _folder = folder;
        Blobs = blobs;
        Metadata = metadata;
        Images = new(metadata, blobs, TimeProvider.System);
    }

    public LocalBlobStore Blobs { get; }

    public SqliteMetadataStore Metadata { get; }

    public ImageStore Images { get; }

    public static async Task<TemporaryStore> OpenAsync()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-images-").FullName;
        return new(
            folder,
            await LocalBlobStore.OpenAsync(Path.Combine(folder, "blobs"), CancellationToken.None),
            await SqliteMetadataStore.OpenAsync(Path.Combine(folder, "metadata.db"), CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await Metadata.DisposeAsync();
        await Blobs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
