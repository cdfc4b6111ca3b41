using System.Text.Json.Serialization;

namespace Slipway.Api;

[JsonConverter(typeof(CamelCaseEnum<FileKind>))]
public enum FileKind
{
    File,
    Directory,
    Symlink,
}
