using Slipway.Images.Layers;

namespace Slipway.Images.Archives;

/// <summary>Writes folders and files as a tar into a stream that takes no synchronous writes. No clock, no owner: the bytes depend on the names and contents alone.</summary>
internal sealed class TarStream(Stream output)
{
    private const int CopyBytes = 1 << 20;

    public ValueTask FolderAsync(string path, CancellationToken cancellationToken) =>
        HeaderAsync(new(path, LayerEntryKind.Directory) { Mode = 0b111_101_101 }, cancellationToken);

    public async ValueTask FileAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new(content);
        await FileAsync(path, bytes, content.Length, cancellationToken);
    }

    /// <param name="size">How long <paramref name="content"/> is.</param>
    public async ValueTask FileAsync(string path, Stream content, long size, CancellationToken cancellationToken)
    {
        await HeaderAsync(new(path, LayerEntryKind.File) { Mode = 0b110_100_100, Size = size }, cancellationToken);
        await content.CopyToAsync(output, CopyBytes, cancellationToken);
        using MemoryStream padding = new();
        TarHeaderWriter.Pad(padding, size);
        await output.WriteAsync(padding.GetBuffer().AsMemory(0, (int)padding.Length), cancellationToken);
    }

    /// <summary>The two blocks of zeros at the end.</summary>
    public ValueTask EndAsync(CancellationToken cancellationToken) => output.WriteAsync(new byte[TarBlock.Size * 2], cancellationToken);

    private async ValueTask HeaderAsync(LayerEntry entry, CancellationToken cancellationToken)
    {
        using MemoryStream header = new();
        TarHeaderWriter.Write(header, entry);
        await output.WriteAsync(header.GetBuffer().AsMemory(0, (int)header.Length), cancellationToken);
    }
}
