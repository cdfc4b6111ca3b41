using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;

namespace Slipway.Daemon.Api;

/// <summary>How this door reads a request; everything missing or malformed is <see cref="ErrorKind.InvalidArgument"/>, naming the member.</summary>
internal static class Ask
{
    /// <summary>A query member that must be there.</summary>
    public static string Query(HttpContext http, string name) => Find(http, name)
        ?? throw new SlipwayException(ErrorKind.InvalidArgument, $"the query lacks '{name}'");

    /// <summary>A query member, or null.</summary>
    public static string? Find(HttpContext http, string name) => http.Request.Query[name] is { Count: > 0 } values && values[0] is { Length: > 0 } value
        ? value
        : null;

    /// <summary>A flag of the query; absent is false.</summary>
    public static bool Flag(HttpContext http, string name) => Find(http, name) switch
    {
        null or "false" or "0" => false,
        "true" or "1" => true,
        string other => throw new SlipwayException(ErrorKind.InvalidArgument, $"the query's '{name}' is true or false, not '{other}'"),
    };

    /// <summary>A whole number of the query, or null.</summary>
    public static int? Number(HttpContext http, string name) => Find(http, name) is not { } text
        ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"the query's '{name}' is a whole number, not '{text}'");

    /// <summary>The id in the path of a container's route.</summary>
    public static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    /// <summary>The body as one record.</summary>
    public static async Task<T> BodyAsync<T>(HttpContext http, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, json, http.RequestAborted)
                ?? throw new SlipwayException(ErrorKind.InvalidArgument, "the body is null");
        }
        catch (JsonException error)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the body is not what this route takes: {error.Message}", innerException: error);
        }
    }

    /// <summary>The options that travel in a header beside a streamed body (<see cref="Routes.OptionsHeader"/>).</summary>
    public static T Options<T>(HttpContext http, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            byte[] text = Convert.FromBase64String(http.Request.Headers[Routes.OptionsHeader].ToString());
            return JsonSerializer.Deserialize(text, json)
                ?? throw new SlipwayException(ErrorKind.InvalidArgument, $"the header {Routes.OptionsHeader} holds null");
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"the header {Routes.OptionsHeader} is not the base64 of the JSON that this route takes: {error.Message}", innerException: error);
        }
    }
}
