using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Packs;

/// <summary>Reads a blob's bytes from a segment and checks them.</summary>
internal static class PackReader
{
    /// <summary>The bytes of a blob.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: they have another digest.</exception>
    public static byte[] Read(SafeFileHandle pack, string path, Digest digest, PackSlot slot) => TryReadVerified(pack, digest, slot)
        ?? throw new SlipwayException(
            ErrorKind.Corrupt,
            $"blob {digest} is corrupt: {path} holds other bytes at offset {slot.Offset}",
            "The disk changed stored bytes. slipway verify --all names what else it hit; with --repair --from HOME it is mended from a replica.");

    /// <summary>The bytes of a blob, or null where they have another digest.</summary>
    public static byte[]? TryReadVerified(SafeFileHandle pack, Digest digest, PackSlot slot)
    {
        byte[] content = new byte[slot.Length];
        int length = 0;
        int count;
        while (length < content.Length && (count = RandomAccess.Read(pack, content.AsSpan(length), slot.Offset + length)) > 0)
        {
            length += count;
        }

        return length == content.Length && Digest.Of(content) == digest ? content : null;
    }
}
