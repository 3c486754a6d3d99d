# Completion of kubectl in bash. What may follow is asked of kubectl itself: see "kubectl __complete".

# Puts the words up to the cursor into "words". Bash parts them at : and =, which kubectl does not.
__kubectl_words() {
    local left=${COMP_LINE:0:COMP_POINT} word index start
    words=()
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        start=$left
        left=${left#"${left%%[![:space:]]*}"}
        ((${#word} > ${#left})) && word=$left
        if ((${#words[@]} == 0)) || [[ $left != "$start" ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
        left=${left:${#word}}
    done
}

# Offers files whose names end as one of the given words says, and folders.
__kubectl_files() {
    local name ending
    compopt -o filenames 2>/dev/null
    while IFS= read -r name; do
        [[ -d $name ]] && COMPREPLY+=("$name") && continue
        for ending in "$@"; do
            [[ $name == *."$ending" ]] && COMPREPLY+=("$name")
        done
    done < <(compgen -f -- "$cur")
}

# Offers words; where there are several, each with what it means.
__kubectl_offer() {
    local tab=$'\t' left='' line word width=0
    # Bash replaces only what stands behind the last colon.
    [[ $COMP_WORDBREAKS == *:* && $cur == *:* ]] && left=${cur%:*}:
    if (($# > 1)) && [[ $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
        for line in "$@"; do
            word=${line%%"$tab"*}
            ((${#word} > width)) && width=${#word}
        done
    fi
    for line in "$@"; do
        word=${line%%"$tab"*}
        if ((width > 0)) && [[ $line == *"$tab"* ]]; then
            printf -v word "%-${width}s  (%s)" "$word" "${line#*"$tab"}"
        fi
        COMPREPLY+=("${word#"$left"}")
    done
}

__kubectl_complete() {
    local words cur reply directive line program=kubectl
    local -a found=()
    COMPREPLY=()
    __kubectl_words
    [[ ${words[0]} == */* ]] && program=${words[0]}
    cur=${words[${#words[@]} - 1]}
    reply=$("$program" __complete "${words[@]:1}" 2>/dev/null </dev/null) || return
    directive=${reply##*:}
    reply=${reply%:*}
    [[ $directive =~ ^[0-9]+$ ]] && ((!(directive & 1))) || return
    [[ $cur == -*=* ]] && cur=${cur#*=}
    while IFS= read -r line; do
        [[ -n $line ]] && found+=("$line")
    done <<<"$reply"
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 4)) && compopt +o default 2>/dev/null
    ((directive & 32)) && compopt -o nosort 2>/dev/null
    if ((directive & 8)); then
        __kubectl_files "${found[@]}"
    elif ((${#found[@]} > 0)); then
        __kubectl_offer "${found[@]}"
    fi
}

complete -o default -F __kubectl_complete kubectl
