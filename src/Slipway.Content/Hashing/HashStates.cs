using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Hashing;

/// <summary>
/// The hash states of large blobs, a small file each, so that appending to one does not read it again. A cache: a state that is missing or wrong costs a
/// reading, and nothing is built on one that was not proved.
/// </summary>
internal sealed class HashStates(string directory, StoreDisk disk)
{
    /// <summary>Keeps the state of a blob.</summary>
    public void Keep(Digest blob, HashState? state)
    {
        if (state is null)
        {
            return;
        }

        try
        {
            string path = PathOf(blob);
            disk.CreateFolder(directory);
            disk.CreateFolder(Path.GetDirectoryName(path)!);
            disk.WriteFile(path, state.ToBytes());
        }
        catch (IOException)
        {
            // The disk is full: an append to this blob will read it again.
        }
    }

    /// <summary>
    /// A hash that stands at the end of a blob, proved: with the bytes after the last whole block it gives the blob's digest. Null where there is none.
    /// </summary>
    /// <param name="content">The blob's bytes, of which less than a block is read.</param>
    public ResumableHash? TryResume(Digest blob, Stream content)
    {
        if (Find(blob) is not { } state || state.Length > content.Length || ResumableHash.Resume(state) is not { } hash)
        {
            return null;
        }

        byte[] rest = new byte[Math.Min(content.Length - state.Length, Linux.Sha256Context.BlockSize)];
        content.Position = state.Length;
        content.ReadExactly(rest);
        hash.Append(rest);
        return content.Position == content.Length && hash.Current() == blob ? hash : null;
    }

    /// <summary>Forgets the state of a blob that goes.</summary>
    public void Remove(Digest blob)
    {
        disk.Delete(PathOf(blob));
    }

    private HashState? Find(Digest blob)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(PathOf(blob));
            byte[] bytes = new byte[HashState.Size + 1];
            return HashState.Read(bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0)));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string PathOf(Digest blob) => Path.Combine(directory, blob.Hex[..2], blob.Hex);
}
