namespace Slipway.Api;

/// <summary>A file, folder or link in a commit.</summary>
/// <param name="Path">Absolute in the repo: "/a/b".</param>
/// <param name="Size">Bytes; of a folder, all below it.</param>
/// <param name="Digest">Of a file: the sha256 of its bytes, so that a client can tell without sending them whether it holds the same.</param>
/// <param name="Target">Of a link, where a listing was asked for targets: what it says.</param>
public sealed record FileEntry(string Path, FileKind Kind, long Size, string Digest, bool Executable = false, string? Target = null);
