using System.Text;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Data.Worktrees;

/// <summary>What the names and kinds of a folder's entries are called.</summary>
internal static class FolderNames
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>A name as text.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is not UTF-8; names its path.</exception>
    public static string Decode(FolderHandle folder, byte[] name)
    {
        try
        {
            return StrictUtf8.GetString(name);
        }
        catch (DecoderFallbackException e)
        {
            string readable = string.Concat(name.Select(b => b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:x2}"));
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"the name of '{folder.PathOf(readable)}' is not UTF-8", "Names of versioned files are UTF-8: rename it.", e);
        }
    }

    /// <summary>What stands there that is neither file, folder nor symlink, for people.</summary>
    public static string KindOf(FileStatus status) => status switch
    {
        { IsSocket: true } => "socket",
        { IsFifo: true } => "fifo",
        { IsCharacterDevice: true } or { IsBlockDevice: true } => "device",
        _ => "file of an unknown kind",
    };
}
