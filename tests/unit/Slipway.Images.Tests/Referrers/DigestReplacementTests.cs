using System.Text;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images.Referrers;

/// <summary>One digest in place of another in documents as they are, and as somebody may make them up.</summary>
public sealed class DigestReplacementTests
{
    private static readonly Digest From = Digest.Of("from"), To = Digest.Of("to");

    [Theory]
    [InlineData("""{"a":"H"}""")]
    [InlineData("""  {"a" : "sha256:H" ,"b":[1.50, "xHyHz", null], "c": "other" }  """)]
    [InlineData("""{"H":{"H":"H"}}""")]
    [InlineData("\"H\"")]
    [InlineData("""{"a":"\"H\u00e9\\\n"}""")]
    [InlineData("""{"a":"é H ✓"}""")]
    public void It_is_replaced_wherever_a_string_or_a_name_has_it_and_no_other_byte_changes(string json)
    {
        Assert.Equal(json.Replace("H", To.Hex, StringComparison.Ordinal), Replace(json));
    }

    [Theory]
    [InlineData("not JSON: H")]
    [InlineData("")]
    [InlineData("""{"a":"H"} {"a":"H"}""")]
    [InlineData("""{"a":"H" """)]
    [InlineData("""{"a":"H",}""")]
    [InlineData("""{"a":"H"/* H */}""")]
    [InlineData("\uFEFF{\"a\":\"H\"}")]
    [InlineData("""{"a":"H\ud800"}""")]
    [InlineData("""{"a":"none"}""")]
    [InlineData("{}")]
    public void What_is_no_document_or_does_not_name_it_stays(string json) => Assert.Null(Replace(json));

    [Fact]
    public void A_digest_that_is_spelled_otherwise_is_not_passed_over()
    {
        int letter = From.Hex.AsSpan().IndexOfAnyInRange('a', 'f');
        string escaped = $"{From.Hex[..letter]}\\u00{(int)From.Hex[letter]:x2}{From.Hex[(letter + 1)..]}", large = From.Hex.ToUpperInvariant();
        Assert.Equal(From.Hex, JsonDocument.Parse($"\"{escaped}\"").RootElement.GetString());
        foreach (string spelled in (string[])[escaped, large, $"H and {escaped}", $"H and {large}"])
        {
            Assert.Null(Replace($$"""{"a":"{{spelled}}"}"""));
            Assert.Null(Replace($$"""{"a":"H","b":"{{spelled}}"}"""));
            Assert.Null(Replace($$"""{"a":"H","{{spelled}}":1}"""));
        }
    }

    /// <summary>The bytes are there, but the first four are the digits of an escape.</summary>
    [Fact]
    public void Digits_of_an_escape_are_no_digits_of_a_digest()
    {
        Digest digits = Digest.Parse("sha256:" + string.Concat(Enumerable.Repeat("00e9", 16)));
        byte[] json = Encoding.UTF8.GetBytes($$"""{"a":"{{digits.Hex}}","b":"\u{{digits.Hex}}"}""");
        Assert.Equal(
            $$"""{"a":"{{To.Hex}}","b":"\u{{digits.Hex}}"}""",
            Encoding.UTF8.GetString(DigestReplacement.Of(json, digits, To)!));

        byte[] both = Encoding.UTF8.GetBytes($$"""{"a":"\u{{digits.Hex}}{{digits.Hex}}"}""");
        Assert.Null(DigestReplacement.Of(both, digits, To));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_and_so_is_what_is_nested_without_end()
    {
        byte[] json = [.. "{\"a\":\""u8, .. Encoding.ASCII.GetBytes(From.Hex), 0xff, .. "\"}"u8];
        Assert.Null(DigestReplacement.Of(json, From, To));
        Assert.Null(Replace(new string('[', 100_000) + "\"H\"" + new string(']', 100_000)));
    }

    [Fact]
    public void A_huge_document_is_one_pass()
    {
        StringBuilder json = new("[");
        for (int i = 0; i < 200_000; i++)
        {
            json.Append(i % 1000 == 0 ? "\"sha256:H\"," : "\"a string that is longer than the sixty-four letters that a digest has, and has none\",");
        }

        string text = json.Append("\"H\"]").ToString();
        Assert.Equal(text.Replace("H", To.Hex, StringComparison.Ordinal), Replace(text));
    }

    /// <param name="json">With H where the digest is.</param>
    private static string? Replace(string json) =>
        DigestReplacement.Of(Encoding.UTF8.GetBytes(json.Replace("H", From.Hex, StringComparison.Ordinal)), From, To) is { } replaced ? Encoding.UTF8.GetString(replaced) : null;
}
