using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Slipway.Daemon.Registry.Access;

/// <summary>
/// Gives tokens, as Docker's token authentication specification has it: <c>GET</c> with basic authentication or none, or <c>POST</c> of a form with a password
/// (its OAuth 2 form). Tokens that are renewed without the password are not given: an access key is what a client keeps.
/// </summary>
internal sealed class TokenVerbs(RegistryGate gate, TokenIssuer tokens)
{
    private const int MostScopes = 64;
    private const int LongestScopes = 8 * 1024;
    private static readonly FormOptions Bounds = new() { ValueCountLimit = 2 * MostScopes, KeyLengthLimit = 128, ValueLengthLimit = LongestScopes };

    /// <exception cref="RegistryException">The password is wrong, or nobody is served without one.</exception>
    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsPost(http.Request.Method))
        {
            IFormCollection form = await FormAsync(http);
            if (form["grant_type"] != "password")
            {
                throw new RegistryException(400, "UNSUPPORTED", "tokens are given for grant_type=password: its username is an access key's id and its password the key's secret");
            }

            RegistryCaller caller = await gate.ByPasswordAsync(http, form["username"].ToString(), form["password"].ToString());
            await GiveAsync(http, caller, form["scope"]);
        }
        else if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            await GiveAsync(http, await gate.ForTokenAsync(http), http.Request.Query["scope"]);
        }
        else
        {
            throw RegistryException.Unsupported(http.Request.Method);
        }
    }

    private static async Task<IFormCollection> FormAsync(HttpContext http)
    {
        try
        {
            return http.Request.HasFormContentType ? await new FormFeature(http.Request, Bounds).ReadFormAsync(http.RequestAborted)
                : throw new RegistryException(400, "UNSUPPORTED", "a token is asked for by GET, or by POST of application/x-www-form-urlencoded");
        }
        catch (InvalidDataException error)
        {
            throw new RegistryException(400, "SIZE_INVALID", $"the form cannot be read: {error.Message}");
        }
    }

    private async Task GiveAsync(HttpContext http, RegistryCaller caller, IEnumerable<string?> said)
    {
        string text = string.Join(' ', said);
        TokenScope[] scopes = [.. TokenIssuer.ScopesOf(text.Length <= LongestScopes ? text : "").Distinct()];
        if (text.Length > LongestScopes || scopes.Length > MostScopes)
        {
            throw new RegistryException(400, "SIZE_INVALID", $"a token is for at most {MostScopes} scopes");
        }

        (string token, DateTimeOffset issued) = tokens.Issue(caller.Key?.Id, scopes);
        await RegistryRequest.JsonAsync(http, StatusCodes.Status200OK, "application/json", json =>
        {
            json.WriteStartObject();
            json.WriteString("token", token);
            json.WriteString("access_token", token);
            json.WriteNumber("expires_in", (int)TokenIssuer.Validity.TotalSeconds);
            json.WriteString("issued_at", issued.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("scope", string.Join<TokenScope>(' ', scopes));
            json.WriteEndObject();
        });
    }
}
