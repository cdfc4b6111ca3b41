using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.Daemon.Verification;

/// <summary>Where good bytes may be had. They are digested before they are believed.</summary>
internal interface IGoodCopies : IDisposable
{
    /// <summary>What it is called in a report.</summary>
    string Name { get; }

    /// <summary>Its records, where it has any.</summary>
    MetadataCopy? Records => null;

    /// <summary>The bytes that it has for a digest, or null.</summary>
    Task<Stream?> TryOpenAsync(Digest digest, CancellationToken cancellationToken);
}

/// <summary>The folder of another store, read without its lock.</summary>
internal sealed class FolderCopies(string path) : IGoodCopies
{
    private readonly BlobFolder _folder = BlobFolder.Open(path);

    public string Name => path;

    public MetadataCopy? Records { get; } = MetadataCopy.TryOpen(Path.Combine(path, "metadata.db"));

    public Task<Stream?> TryOpenAsync(Digest digest, CancellationToken cancellationToken) => Task.FromResult(_folder.TryOpen(digest));

    public void Dispose()
    {
        _folder.Dispose();
        Records?.Dispose();
    }
}
