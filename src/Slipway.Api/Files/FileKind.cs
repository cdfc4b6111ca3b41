using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>What an entry of a commit is.</summary>
[JsonConverter(typeof(CamelCaseEnum<FileKind>))]
public enum FileKind
{
    File,
    Directory,
    Symlink,
}
