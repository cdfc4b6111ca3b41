namespace Slipway.Cli;

/// <summary>A command as the overview lists it.</summary>
/// <param name="Path">The words that name it: "repo create".</param>
/// <param name="Group">Its heading in the overview.</param>
internal sealed record CommandEntry(string Path, string Summary, CommandGroup Group);

internal enum CommandGroup
{
    Project,
    Data,
    Pipelines,
    Images,
    Containers,
    Server,
}
