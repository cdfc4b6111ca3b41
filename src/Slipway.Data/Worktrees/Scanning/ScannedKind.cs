namespace Slipway.Data.Worktrees.Scanning;

/// <summary>What an entry of a scanned folder is; as the byte of the index.</summary>
internal enum ScannedKind : byte
{
    File = 0,
    Executable = 1,
    Symlink = 2,
    Directory = 3,
}
