using System.Text.Json.Serialization;

namespace Slipway.Data.Trees;

/// <summary>What an entry of a directory is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EntryKind>))]
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link, never followed by Slipway.</summary>
    Symlink,
}
