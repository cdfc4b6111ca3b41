using System.Text.Json.Serialization;

namespace Slipway.Api;

[JsonConverter(typeof(CamelCaseEnum<OutputStream>))]
public enum OutputStream
{
    Stdout,
    Stderr,
}
