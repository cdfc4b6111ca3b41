namespace Slipway.House;

/// <summary>The reader under the other tests of the house: it must neither hide code nor take prose for code.</summary>
public sealed class CodeTextTests
{
    [Theory]
    [InlineData("a(); // Banned.Call()")]
    [InlineData("/* Banned.Call()\n Banned.Call() */ a();")]
    [InlineData("a(\"Banned.Call()\");")]
    [InlineData("a(\"\\\"Banned.Call()\");")]
    [InlineData("a(@\"\"\"Banned.Call()\");")]
    [InlineData("a(\"\"\"\n \"Banned.Call()\"\n \"\"\");")]
    [InlineData("a($\"{b} Banned.Call() {{Banned.Call()}}\");")]
    [InlineData("a('\"', \"Banned.Call()\", '\\'');")]
    public void Prose_is_blanked(string text)
    {
        string code = CodeText.Of(text);

        Assert.DoesNotContain("Banned.Call()", code, StringComparison.Ordinal);
        Assert.Equal(text.Length, code.Length);
        Assert.Equal(text.Count(c => c == '\n'), code.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("\"\"; Banned.Call();")]
    [InlineData("'\"'; Banned.Call(); '\"';")]
    [InlineData("$\"{x[\"key\"]} {Banned.Call()}\";")]
    [InlineData("$$\"\"\" {prose} {{Banned.Call()}} \"\"\";")]
    [InlineData("@\"\\\"; Banned.Call();")]
    [InlineData("a / b; Banned.Call(); // c")]
    [InlineData("/* a */ Banned.Call(); /* b */")]
    public void Code_stays(string text) => Assert.Contains("Banned.Call()", CodeText.Of(text), StringComparison.Ordinal);
}
