using Slipway.Api;
using Slipway.Cli.Archives;

namespace Slipway.Cli.Projects;

/// <summary>What of one data entry of a project the repo lacks or holds otherwise.</summary>
/// <param name="Data">The entry.</param>
/// <param name="Files">To be sent; their names are relative to the entry's path, and "" is that path itself.</param>
/// <param name="Total">Files of the entry in all.</param>
internal sealed record DataChange(ProjectData Data, IReadOnlyList<FolderEntry> Files, int Total)
{
    public long Bytes => Files.Sum(static file => file.Size);
}
