using System.Text;

namespace Slipway.Images.Client;

/// <summary>What a <see cref="FakeRegistry"/> answers.</summary>
/// <param name="Body">Its bytes; <c>Content-Length</c> is theirs.</param>
/// <param name="Cut">After how many bytes of the body the connection breaks; null: it does not.</param>
/// <param name="Silent">It does not break then, and nothing more comes.</param>
internal sealed record FakeAnswer(int Status, byte[] Body, int? Cut = null, bool Silent = false)
{
    public List<(string Name, string Value)> Headers { get; init; } = [];

    public static FakeAnswer Of(int status, string body = "", params (string Name, string Value)[] headers) => new(status, Encoding.UTF8.GetBytes(body)) { Headers = [.. headers] };

    public FakeAnswer With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };
}

/// <summary>What it was asked.</summary>
/// <param name="Target">Path and query.</param>
internal sealed record FakeRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    public string? Range => Headers.GetValueOrDefault("Range");

    /// <summary>The values of a field of the query, or of a form in the body.</summary>
    public string[] Fields(string name) =>
    [
        .. (Method == "POST" ? Body : Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..]).Split('&').Select(field => field.Split('=', 2))
            .Where(field => field.Length == 2 && field[0] == name).Select(field => Uri.UnescapeDataString(field[1].Replace('+', ' '))),
    ];
}
