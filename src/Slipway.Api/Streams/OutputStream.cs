using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Which of a process's two outputs a piece came from.</summary>
[JsonConverter(typeof(CamelCaseEnum<OutputStream>))]
public enum OutputStream
{
    Stdout,
    Stderr,
}
