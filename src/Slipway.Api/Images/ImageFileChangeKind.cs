using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>What became of a path from one image to another.</summary>
[JsonConverter(typeof(CamelCaseEnum<ImageFileChangeKind>))]
public enum ImageFileChangeKind
{
    Added,
    Removed,
    Changed,
}
